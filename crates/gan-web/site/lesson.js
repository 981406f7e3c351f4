// The text of short screens that teaches what a GAN is: each has a button that shows it in the page.
import { $, page } from './page.js';
import { text } from './texts.js';

const to = (id) => $(id).scrollIntoView();

const click = (id) => $(id).click();

/** `acts`: go(), start(preset, data), images(), beside(). */
const SHOWS = {
  twoNetworks: async ({ images }) => { await images(); click('stage-next'); to('slow-title'); },
  start: async ({ go, images }) => { await images(); go(); to('samples-title'); },
  turns: async ({ images }) => { await images(); click('step-d'); click('step-g'); to('controls-title'); },
  losses: () => to('charts-title'),
  plane: async ({ go, start }) => { await start('points', 'ring'); go(); to('samples-title'); },
  tutorial: async ({ beside, go, images }) => { await images(); beside(); go(); to('samples-title'); },
  collapse: async ({ images }) => { await images(); click('break-collapse'); to('samples-title'); },
  strong: async ({ images }) => { await images(); click('break-strong'); to('charts-title'); },
  penalty: async ({ images }) => { await images(); click('cure-collapse'); to('samples-title'); },
  quality: async ({ images }) => { await images(); click('measure'); to('quality-title'); },
  latents: async ({ images }) => { await images(); to('explorer-title'); },
};

export function showLesson(acts) {
  $('lesson').replaceChildren(...Object.entries(SHOWS).map(([name, show]) => {
    const article = document.createElement('article'), title = document.createElement('h3');
    const words = document.createElement('p'), button = document.createElement('button');
    title.textContent = text(`lesson_${name}_title`);
    words.textContent = text(`lesson_${name}`);
    button.type = 'button';
    button.id = `show-${name}`;
    button.textContent = text('show');
    button.setAttribute('aria-label', `${text('show')}: ${title.textContent}`);
    button.disabled = !page.config;
    button.addEventListener('click', () => show(acts));
    article.append(title, words, button);
    return article;
  }));
}
