"""The page in the browser and the server it stands on."""
