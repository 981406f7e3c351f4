// One image in slow motion: noise, G draws, D judges, ∂D/∂image, the update.
import { $, page } from './page.js';
import { drawGrid, drawHeat, toBytes } from './pictures.js';
import { text } from './texts.js';

let stage = 0, inspected = null;

const inspect = () => page.lab.ask('inspect', { seed: Number($('inspect-seed').value) });

export async function nextStage() {
  const stages = [...$('stages').children];
  if (stage >= stages.length) stage = 0;
  if (stage === 0) {
    if (page.running) page.lab.tell('pause');
    inspected = await inspect();
    stages.forEach((item) => item.classList.remove('on'));
    drawHeat($('noise'), inspected.latent, null, 10);
  }
  if (stage === 1) drawGrid($('drawn'), toBytes(inspected.pixels), 1);
  if (stage === 2) {
    const probability = 1 / (1 + Math.exp(-inspected.logit));
    $('verdict').value = probability;
    $('verdict-text').textContent = text('stageJudgeText', { logit: inspected.logit.toFixed(2), percent: Math.round(100 * probability) });
  }
  if (stage === 3 && inspected.gradient) drawHeat($('heat'), inspected.gradient, inspected.pixels, 28);
  if (stage === 4) {
    page.lab.tell('step');
    drawGrid($('updated'), toBytes((await inspect()).pixels), 1);
  }
  stages[stage].classList.add('on');
  stage += 1;
  $('stage-next').textContent = text(stage === stages.length ? 'stageAgain' : 'stageNext');
}

export function restartStages() {
  stage = 0;
}
