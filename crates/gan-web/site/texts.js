// The page's words, in English and Chinese. Elements name theirs with data-i18n.
const EN = {
  skip: 'Skip to the lab',
  title: 'GAN lab',
  subtitle: 'A generative adversarial network that learns to write digits in this tab. Nothing leaves your machine.',
  controls: 'Training', start: 'Start', pause: 'Pause', step: 'One step', reset: 'Start over',
  preset: 'Preset', presetMlp: 'mlp: converges', presetTutorial: 'tutorial: the GAN of 2014', presetDcgan: 'dcgan: convolutions, slower, sharper', presetWganGp: 'wgan-gp: a critic with gradient penalty',
  seed: 'Seed', speed: 'Speed', speed1: '1 step a second', speed10: '10 steps a second', speedMax: 'as fast as it can',
  own: 'Your own images (or drop them on the page)', backToMnist: 'Back to MNIST', ownImages: 'Training on {count} images of yours, as 28 × 28 grey squares. They stay in your browser.', noImages: '{names}: no image that this browser can read',
  loading: 'Loading…', loadingData: 'Loading MNIST: {percent} %',
  statusRunning: 'Step {step}, running. {losses}', statusPaused: 'Step {step}, paused. {losses}', statusBroken: 'Step {step}: training has diverged. {losses}',
  statusLosses: 'Loss of D {d}, of G {g}.',
  resumed: 'This run was kept in your browser; it goes on after step {step}, to the bit.',
  broken: 'Training has diverged: {error}. A cure below goes back to the last good state; so does starting over.',
  rolledBack: 'Back at step {step}, the last good state.',
  failed: 'That did not work: {error}', notKept: 'The run could not be kept in this browser: {error}', notOpened: '{name} could not be opened: {error}',
  notOffline: 'The page will not work offline: {error}',
  samples: 'What the generator draws', timeSlider: 'Back through the run', atStep: 'Step {step}', samplesLabel: '64 generated digits at step {step}',
  samplesHint: 'Always the same 64 random vectors (seeds 0 to 63), so that you see each image change. The slider goes back through the run.',
  charts: 'Losses and gradients', losses: 'Losses', readings: 'D(x) for real images and D(G(z)) for generated ones', gradients: 'Gradient norms, logarithmic',
  keyD: 'discriminator, real images', keyG: 'generator, generated images',
  lossesLabel: 'Losses over the steps; now {d} for the discriminator and {g} for the generator', readingsLabel: 'D of real images, now {real}, and of generated ones, now {fake}', gradientsLabel: 'Gradient norms; now {d} for the discriminator and {g} for the generator',
  verdicts: 'What the discriminator says', realImages: 'Real digits', fakeImages: 'Generated digits', verdictsHint: 'Percent "real". Where both stand near 50 %, it can no longer tell. A Wasserstein, hinge or least-squares discriminator gives scores, not probabilities: compare the two rows.',
  verdictLabel: '{percent} real',
  slow: 'One image in slow motion', stageNoise: '1. Noise', stageNoiseText: 'A random vector z, one square a value.', stageDraw: '2. G draws', stageDrawText: 'The generator turns z into an image.',
  stageJudge: '3. D judges', stageJudgeText: 'Logit {logit}: {percent} % real.', stageHeat: '4. The gradient', stageHeatText: '∂D/∂image. Orange pixels should be brighter to look more real to D, blue ones darker.', stageUpdate: '5. The update', stageUpdateText: 'After one step of training, the same z gives this.',
  stageNext: 'Next stage', stageAgain: 'Again from the start',
  explorer: 'Between two digits', from: 'From seed', to: 'To seed', between: 'Between', size: 'Length of z (truncation)', exploredLabel: 'Generated digit between seed {from} and seed {to}, at {percent} %',
  download: 'Save snapshot', open: 'Open a snapshot', close: 'Back to this run', explorerHint: 'A saved snapshot works on the command line: gan sample FILE. One that gan wrote for 28 × 28 digits opens here.', openedHint: 'You see {name}.',
  change: 'Change it while it runs', changeHint: 'Takes effect at the next step and becomes part of the address of this page, which you can share.',
  value_loss: 'Loss', value_gRate: 'Learning rate of G', value_dRate: 'Learning rate of D', value_r1: 'R1 penalty γ', value_r2: 'R2 penalty γ', value_gp: 'Gradient penalty λ', value_dSteps: 'Updates of D per step', value_batch: 'Batch size', value_noise: 'Instance noise σ',
  trouble: 'Break it, cure it', break: 'Break', cure: 'Cure',
  trouble_strong: 'Discriminator too strong', break_strong: 'D learns fast, four times a step, and G plays the original minimax game. D(G(z)) falls towards 0, the gradient of G towards nothing, and its images stop improving.', cure_strong: 'Relativistic pairing with R1 and R2: D is kept smooth, so that G always has a gradient to follow.',
  trouble_collapse: 'Mode collapse', break_collapse: 'G learns a hundred times as fast as D. Soon many of the 64 images look alike: it draws whatever fools D at the moment.', cure_collapse: 'Each generated image is compared with a real one (relativistic pairing), with R1 and R2 and equal rates.',
  trouble_unbounded: 'A critic without bounds', break_unbounded: 'The Wasserstein loss without a constraint on D: its scores and the losses grow without end.', cure_unbounded: 'The gradient penalty of WGAN-GP pulls the slope of D towards 1; the losses come back to a bounded range.',
  trouble_infinite: 'Infinite loss', break_infinite: 'The loss as tutorials write it, with log of a probability, and a D that learns too fast: once D(x) rounds to 0 or D(G(z)) to 1, the loss is infinite and training stops.', cure_infinite: 'Back to the last good state, with a loss computed from logits, which is finite for every logit.',
  lesson: 'What is a GAN, and what goes wrong?', show: 'Show me',
  lesson_twoNetworks_title: 'Two networks', lesson_twoNetworks: 'The generator G turns random numbers into images. The discriminator D is shown real images and those of G, and says how real each looks. They have opposite goals: D is trained to tell them apart, G to make D wrong.',
  lesson_start_title: 'They learn from each other', lesson_start: 'G never sees a real digit. All it gets is the gradient of D with respect to its images: which pixels should be brighter or darker to look more real. Start the run and watch noise turn into strokes, strokes into digits.',
  lesson_losses_title: 'What the losses say', lesson_losses: 'A falling loss does not mean better images, as it would elsewhere: each network\'s loss depends on how good the other one is. In a healthy run both stay in a band, and D(x) and D(G(z)) stay apart from 1 and 0.',
  lesson_tutorial_title: 'The GAN of 2014', lesson_tutorial: 'The preset "tutorial" is the GAN of most tutorials: one hidden layer of 128, Adam at 0.001, and the loss of the first paper. It draws digits, but speckled ones, and is easily thrown off. Compare with mlp from the same seed.',
  lesson_collapse_title: 'Mode collapse', lesson_collapse: 'If G finds one image that D takes for real, it pays to draw nothing else. D learns to refuse it, G moves to the next one, and so they go round in a circle.',
  lesson_strong_title: 'Vanishing gradients', lesson_strong: 'A perfect D is a poor teacher: where it is certain, the original loss is flat, and G is not told in which direction to go.',
  lesson_penalty_title: 'The cure', lesson_penalty: 'Penalise the gradient of D with respect to real (R1) and generated images (R2), and compare images in pairs (R3GAN, Huang et al. 2024). D stays smooth, training settles, and all digits are drawn.',
  lesson_latents_title: 'The latent space', lesson_latents: 'Neighbouring z give similar images: move the slider from one seed to another and see one digit become the other. A generator that had learnt images by heart would jump.',
  footer: 'MNIST: Y. LeCun, C. Cortes, C. J. C. Burges. This page trains in WebAssembly on your processor and works offline once loaded.',
};

const ZH = {
  skip: '跳到实验室',
  title: 'GAN 实验室',
  subtitle: '一个在本页面中学习书写数字的生成对抗网络。任何数据都不会离开您的电脑。',
  controls: '训练', start: '开始', pause: '暂停', step: '单步', reset: '重新开始',
  preset: '预设', presetMlp: 'mlp：能够收敛', presetTutorial: 'tutorial：2014 年的 GAN', presetDcgan: 'dcgan：卷积网络，较慢，更清晰', presetWganGp: 'wgan-gp：带梯度惩罚的评判网络',
  seed: '随机种子', speed: '速度', speed1: '每秒 1 步', speed10: '每秒 10 步', speedMax: '尽可能快',
  own: '使用自己的图像（也可拖放到页面上）', backToMnist: '回到 MNIST', ownImages: '正在用您的 {count} 幅图像训练，已转为 28 × 28 灰度。图像只留在您的浏览器中。', noImages: '{names}：浏览器无法读取的图像',
  loading: '正在加载…', loadingData: '正在加载 MNIST：{percent} %',
  statusRunning: '第 {step} 步，训练中。{losses}', statusPaused: '第 {step} 步，已暂停。{losses}', statusBroken: '第 {step} 步：训练已发散。{losses}',
  statusLosses: 'D 的损失 {d}，G 的损失 {g}。',
  resumed: '这次训练保存在您的浏览器中，从第 {step} 步之后继续，逐位一致。',
  broken: '训练已发散：{error}。下面的“修复”会回到最后一个正常状态；也可以重新开始。',
  rolledBack: '已回到第 {step} 步，即最后一个正常状态。',
  failed: '操作失败：{error}', notKept: '无法在浏览器中保存这次训练：{error}', notOpened: '无法打开 {name}：{error}',
  notOffline: '本页面无法离线使用：{error}',
  samples: '生成器画出的图像', timeSlider: '回看训练过程', atStep: '第 {step} 步', samplesLabel: '第 {step} 步生成的 64 个数字',
  samplesHint: '始终是同样的 64 个随机向量（种子 0 到 63），因此可以看到每幅图像的变化。滑块可以回看整个过程。',
  charts: '损失与梯度', losses: '损失', readings: '真实图像的 D(x) 与生成图像的 D(G(z))', gradients: '梯度范数（对数坐标）',
  keyD: '判别器，真实图像', keyG: '生成器，生成图像',
  lossesLabel: '损失随步数的变化；现在判别器 {d}，生成器 {g}', readingsLabel: '真实图像的 D 现为 {real}，生成图像的 D 现为 {fake}', gradientsLabel: '梯度范数；现在判别器 {d}，生成器 {g}',
  verdicts: '判别器的判断', realImages: '真实数字', fakeImages: '生成的数字', verdictsHint: '“真实”的百分比。两者都接近 50 % 时，判别器已无法分辨。Wasserstein、hinge 和最小二乘损失的判别器给出的是分数而不是概率：请比较两行。',
  verdictLabel: '真实度 {percent}',
  slow: '慢动作看一幅图像', stageNoise: '1. 噪声', stageNoiseText: '随机向量 z，每个方格是一个值。', stageDraw: '2. G 作画', stageDrawText: '生成器把 z 变成图像。',
  stageJudge: '3. D 判断', stageJudgeText: 'logit 为 {logit}：真实度 {percent} %。', stageHeat: '4. 梯度', stageHeatText: '∂D/∂图像。橙色像素应更亮、蓝色像素应更暗，才会让 D 觉得更真实。', stageUpdate: '5. 更新', stageUpdateText: '训练一步之后，同一个 z 得到这幅图像。',
  stageNext: '下一阶段', stageAgain: '从头再来',
  explorer: '两个数字之间', from: '起始种子', to: '目标种子', between: '位置', size: 'z 的长度（截断）', exploredLabel: '种子 {from} 与种子 {to} 之间 {percent} % 处生成的数字',
  download: '保存快照', open: '打开快照', close: '回到当前训练', explorerHint: '保存的快照可以在命令行使用：gan sample FILE。gan 为 28 × 28 数字写出的快照也可以在这里打开。', openedHint: '当前显示 {name}。',
  change: '边训练边修改', changeHint: '从下一步起生效，并写入本页地址，可以分享。',
  value_loss: '损失函数', value_gRate: 'G 的学习率', value_dRate: 'D 的学习率', value_r1: 'R1 惩罚 γ', value_r2: 'R2 惩罚 γ', value_gp: '梯度惩罚 λ', value_dSteps: '每步 D 的更新次数', value_batch: '批量大小', value_noise: '实例噪声 σ',
  trouble: '弄坏它，再修好它', break: '弄坏', cure: '修复',
  trouble_strong: '判别器过强', break_strong: 'D 学得很快，每步更新四次，而 G 使用原始的极小极大损失。D(G(z)) 趋于 0，G 的梯度趋于消失，图像不再改善。', cure_strong: '使用相对配对损失加 R1 与 R2：D 保持平滑，G 始终有梯度可循。',
  trouble_collapse: '模式崩溃', break_collapse: 'G 的学习率是 D 的一百倍。很快 64 幅图像中的许多幅变得相似：它只画此刻能骗过 D 的东西。', cure_collapse: '每幅生成图像都与一幅真实图像比较（相对配对），加上 R1、R2 和相同的学习率。',
  trouble_unbounded: '不受约束的评判网络', break_unbounded: '使用 Wasserstein 损失却不约束 D：分数和损失无限增长。', cure_unbounded: 'WGAN-GP 的梯度惩罚把 D 的斜率拉向 1，损失回到有界范围。',
  trouble_infinite: '无穷大的损失', break_infinite: '像教程那样直接对概率取对数，而 D 又学得太快：一旦 D(x) 舍入为 0 或 D(G(z)) 舍入为 1，损失就变为无穷大，训练停止。', cure_infinite: '回到最后一个正常状态，并改用由 logit 计算的损失，它对任何 logit 都是有限的。',
  lesson: '什么是 GAN？会出什么问题？', show: '演示',
  lesson_twoNetworks_title: '两个网络', lesson_twoNetworks: '生成器 G 把随机数变成图像。判别器 D 看到真实图像和 G 的图像，判断每幅有多真实。两者目标相反：D 学习分辨，G 学习让 D 出错。',
  lesson_start_title: '互相学习', lesson_start: 'G 从未见过真实数字。它得到的只有 D 对图像的梯度：哪些像素应更亮或更暗才更真实。开始训练，看噪声变成笔画，笔画变成数字。',
  lesson_losses_title: '损失说明什么', lesson_losses: '与其他任务不同，损失下降并不代表图像更好：每个网络的损失取决于对手有多强。健康的训练中两者都保持在一个范围内，D(x) 与 D(G(z)) 不会贴近 1 和 0。',
  lesson_tutorial_title: '2014 年的 GAN', lesson_tutorial: '预设 tutorial 就是大多数教程中的 GAN：一个 128 单元的隐藏层，学习率 0.001 的 Adam，以及第一篇论文的损失。它能画出数字，但带有斑点，也容易失稳。请用同一个种子与 mlp 比较。',
  lesson_collapse_title: '模式崩溃', lesson_collapse: '如果 G 找到一幅 D 认为真实的图像，只画它就最划算。D 学会拒绝它，G 就换下一幅，如此循环。',
  lesson_strong_title: '梯度消失', lesson_strong: '完美的 D 是糟糕的老师：在它十分确定的地方，原始损失是平的，G 不知道该往哪个方向走。',
  lesson_penalty_title: '解决办法', lesson_penalty: '惩罚 D 对真实图像（R1）和生成图像（R2）的梯度，并成对比较图像（R3GAN，Huang 等，2024）。D 保持平滑，训练趋于稳定，所有数字都会出现。',
  lesson_latents_title: '潜在空间', lesson_latents: '相近的 z 给出相似的图像：把滑块从一个种子移到另一个种子，看一个数字变成另一个。死记硬背的生成器则会跳变。',
  footer: 'MNIST：Y. LeCun、C. Cortes、C. J. C. Burges。本页面用 WebAssembly 在您的处理器上训练，加载之后可以离线使用。',
};

let now = (localStorage.getItem('language') ?? navigator.language).startsWith('zh') ? 'zh' : 'en';

export const language = () => now;

export function setLanguage(next) {
  now = next;
  localStorage.setItem('language', next);
}

/** A sentence, with {values} put in. */
export const text = (name, values = {}) =>
  ((now === 'zh' ? ZH : EN)[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');

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
    const names = { samples: 'samples', losses: 'losses', readings: 'readings', gradients: 'gradients', noise: 'stageNoise', drawn: 'stageDraw', heat: 'stageHeat', updated: 'stageUpdate', explored: 'explorer' };
    const canvas = document.getElementById(id);
    if (!canvas.hasAttribute('aria-label')) canvas.setAttribute('aria-label', text(names[id]));
  }
  document.getElementById('verdict').setAttribute('aria-label', text('stageJudge'));
}
