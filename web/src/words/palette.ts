import { catalogue } from './words'

export const palette = catalogue('palette', {
  open: ['查找与跳转', 'Find and go'],
  type: ['编号、名称、单位、拼音首字母、页面…', 'Code, title, body, pinyin, page…'],
  results: ['结果', 'Results'],
  pages: ['页面', 'Pages'],
  actions: ['操作', 'Actions'],
  recent: ['最近打开', 'Recent'],
  dockets: ['案卷', 'Dockets'],
  bodies: ['单位', 'Bodies'],
  regions: ['行政区划', 'Regions'],
  search: ['在案卷中搜索“{{q}}”', 'Search dockets for “{{q}}”'],
  none: ['没有找到；可输入编号、名称的一部分或拼音首字母。', 'Nothing found; type a part of a code or title, or first letters of pinyin.'],
  shade: ['切换深浅色', 'Switch light and dark'],
  language: ['Switch to English', '切换为中文'],
  searching: ['正在查找', 'Looking'],
})
