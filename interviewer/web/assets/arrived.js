(language) => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  history.replaceState(null, '', location.pathname);
}
