() => setTimeout(() => document.querySelector('#ending')?.scrollIntoView({block: 'center'}), 80)
