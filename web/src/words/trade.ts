import { catalogue } from './words'

/** The field's words that several pages say. */
export const trade = catalogue('trade', {
  construction: ['工程建设', 'Construction'],
  procurement: ['政府采购', 'Government procurement'],
  land: ['土地使用权', 'Land use rights'],
  mining: ['矿业权', 'Mining rights'],
  property: ['国有产权', 'State property'],
  environment: ['环境权', 'Environmental rights'],
  medicine: ['药品', 'Medicine'],
  other: ['其他交易', 'Other trades'],
  before: ['未开标', 'Not opened'],
  opened: ['已开标', 'Opened'],
  publicity: ['公示中', 'Published for objection'],
  result: ['已有结果', 'Result'],
  signed: ['已签合同', 'Contract signed'],
  tenderer: ['招标人、采购人', 'Tenderer'],
  agency: ['代理机构', 'Agency'],
  bidder: ['投标人', 'Bidder'],
  candidate: ['中标候选人', 'Candidate'],
  winner: ['中标人', 'Winner'],
  contractor: ['履约人', 'Contractor'],
  party: ['当事人', 'Party'],
})

/** say speaks a word of the field, as it stands where there is none. */
export function term(word: string | undefined): string {
  if (!word) return ''
  const said = trade.say(word as Parameters<typeof trade.say>[0])
  return said || word
}
