import { catalogue } from './words'

export const live = catalogue('live', {
  open: ['实时', 'Live'],
  opening: ['连接中', 'Connecting'],
  polling: ['定时刷新', 'Refreshing'],
  openSays: ['新数据到达即显示', 'What comes is shown at once'],
  openingSays: ['正在连接实时推送，断开期间的数据会补上', 'Connecting; what came meanwhile will follow'],
  pollingSays: ['实时推送不可用，每 5 秒查询一次', 'The stream cannot be kept open: asked every 5 seconds'],
  fresh: ['新增或更新 {{n}} 条线索', '{{n}} clues new or changed'],
})
