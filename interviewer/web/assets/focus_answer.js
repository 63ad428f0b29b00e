() => setTimeout(() => {
  // Where there is nothing more to answer, the result is read from its top.
  const box = document.querySelector('#answer textarea');
  if (box && box.offsetParent) box.focus(); else window.scrollTo(0, 0);
}, 60)
