(language) => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.cookie = 'lang=' + language + '; path=/; max-age=31536000; samesite=lax';
}
