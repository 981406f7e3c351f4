// The page's words, in English and Chinese. Elements name theirs with data-i18n.
import EN from './en.js';
import ZH from './zh.js';
import TROUBLES_ZH from './zh-troubles.js';

const CHINESE = { ...ZH, ...TROUBLES_ZH };

let now = (localStorage.getItem('language') ?? navigator.language).startsWith('zh') ? 'zh' : 'en';

export const language = () => now;

export function setLanguage(next) {
  now = next;
  localStorage.setItem('language', next);
}

/** A sentence, with {values} put in. */
export const text = (name, values = {}) =>
  ((now === 'zh' ? CHINESE : EN)[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');

/** Writes all texts of the page. */
export function translate() {
  document.documentElement.lang = now === 'zh' ? 'zh-CN' : 'en';
  document.title = text('title');
  for (const element of document.querySelectorAll('[data-i18n]')) element.textContent = text(element.dataset.i18n);
  for (const element of document.querySelectorAll('[data-i18n-label]')) element.setAttribute('aria-label', text(element.dataset.i18nLabel));
  const other = document.getElementById('language');
  other.textContent = now === 'zh' ? 'English' : '中文';
  other.lang = now === 'zh' ? 'en' : 'zh';
  for (const id of ['samples', 'losses', 'readings', 'gradients', 'noise', 'drawn', 'heat', 'updated', 'explored']) {
    const names = { samples: 'samples', losses: 'losses', readings: 'charts', gradients: 'gradients', noise: 'stageNoise', drawn: 'stageDraw', heat: 'stageHeat', updated: 'stageUpdate', explored: 'explorer' };
    const canvas = document.getElementById(id);
    if (!canvas.hasAttribute('aria-label')) canvas.setAttribute('aria-label', text(names[id]));
  }
  document.getElementById('verdict').setAttribute('aria-label', text('stageJudge'));
}
