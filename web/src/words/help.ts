import { catalogue } from './words'

export const help = catalogue('help', {
  title: ['帮助', 'Help'],
  read: ['读什么', 'What to read'],
  keys: ['键盘', 'Keyboard'],
  key: ['按键', 'Keys'],
  does: ['作用', 'What it does'],
  tab: ['依次走过页面上的每个控件', 'goes through every control of the page'],
  enter: ['打开、确认', 'opens, confirms'],
  escape: ['关闭弹出的内容', 'closes what has opened'],
  disclosure: ['谁在何时能看到什么', 'Who may see what, and when'],
  disclosureSays: ['开标前任何人都看不到投标人、报价和评标专家；每一项都写明依据的条款和公开的时刻。', 'Before opening nobody sees bidders, bids or the committee; each row names its article and its moment.'],
  rules: ['数据校验规则', 'Rules of data checking'],
  rulesSays: ['每一处缺陷的规则编号、原因与改法。', 'The id of each defect, why, and how to mend it.'],
  indicators: ['预警指标', 'Indicators'],
  indicatorsSays: ['每个线索的算法、条款、需要的数据和常见的正当解释。', 'How each clue is computed, its article, the data it needs and what may innocently explain it.'],
  periods: ['法定期限', 'Legal periods'],
  periodsSays: ['各类交易每一步的期限、起算点和来源。', 'The days of each step, where they begin, and their source.'],
  proof: ['这份记录没有被改动，怎么核对', 'How to check that nothing was altered'],
  proofSays: ['每条记录都进入只增不改的日志；在案卷的“核验”里，由您自己的浏览器逐步核对。', 'Every record goes into a log that only grows; under “Proof” in a docket your own browser checks it step by step.'],
  clue: ['平台只给出线索和依据，建议核查；结论由人作出。', 'The platform gives clues with their evidence and suggests checking; people decide.'],
})
