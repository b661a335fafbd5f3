import { lang } from '@/words/words'

const units: Record<string, readonly [zh: string, en: string]> = {
  d: ['日', 'd'], 'working d': ['个工作日', 'working days'], h: ['小时', 'h'], min: ['分钟', 'min'], time: ['个时间', 'time'], times: ['个时间', 'times'],
  bidders: ['家投标人', 'bidders'], bidder: ['家投标人', 'bidder'], members: ['名成员', 'members'], member: ['名成员', 'member'], yuan: ['元', 'yuan'], records: ['条记录', 'records'], record: ['条记录', 'record'], bids: ['份投标', 'bids'],
}

/** measure writes what was measured in the language of the screen: "19 d" is 19 日. What it does not know stands as it came. */
export function measure(text: string): string {
  return text.replace(/(-?\d[\d.,]*) (working d|[a-z]+)\b/g, (all, n: string, unit: string) => {
    const known = units[unit]
    return known ? (lang() === 'zh' ? `${n} ${known[0]}` : `${n} ${known[1]}`) : all
  })
}
