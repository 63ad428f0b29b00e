import subprocess
import sys

WRITTEN = """
import sys
from pathlib import Path
written = []
write = Path.write_text
Path.write_text = lambda self, *rest, **more: written.append(self.suffix) or write(self, *rest, **more)
exists = Path.exists
Path.exists = lambda self, **more: self.suffix != ".pyi" and exists(self, **more)
if sys.argv[1] == "skip":
    from interviewer.web.gradio_import import skip_stub_files
    skip_stub_files()
import gradio
import gradio.component_meta
gradio.Textbox(label="it works").change
print(len(written))
"""


def test_gradio_writes_no_stub_files_at_the_start() -> None:
    """The other way round it says that Gradio writes them in other ways by now, or none any more."""

    def stubs(how: str) -> int:
        run = subprocess.run(
            [sys.executable, "-c", WRITTEN.replace("write(self, *rest, **more)", "0"), how],
            capture_output=True,
            check=True,
        )
        return int(run.stdout)

    assert stubs("skip") == 0
    assert stubs("as it is") > 10
