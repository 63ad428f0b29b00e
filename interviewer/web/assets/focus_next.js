() => setTimeout(() => {
  // The card is read from its top; only the keyboard goes to what comes next.
  const next = document.querySelector('#next');
  const box = document.querySelector('#answer textarea');
  if (next && next.offsetParent) {
    // Whoever marks their own answer goes on with its first point.
    (document.querySelector('#card .marking .sheet li') ?? next).focus({preventScroll: true});
    document.querySelector('#card')?.scrollIntoView({block: 'start'});
  } else if (box && box.offsetParent) box.focus();
  else window.scrollTo(0, 0);
}, 60)
