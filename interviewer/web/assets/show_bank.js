() => setTimeout(() => document.querySelector('#bank')?.scrollIntoView({block: 'center'}), 80)
