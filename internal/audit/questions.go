package audit

// A Named is a question that comes with the program.
type Named struct{ ID, ZH, EN, SQL string }

// Questions are those that come with the program, in the order in which people read them.
func Questions() []Named {
	return []Named{
		{"paid-without-contract", "有拨付、未见合同", "Paid, and no contract", `SELECT d.id, d.title, d.region, x.yuan, x.text
FROM difference x JOIN docket d ON d.id = x.docket
WHERE x.kind = 'paid-without-contract'
ORDER BY x.fen DESC`},
		{"differences", "全部资金差异，按金额", "All differences of money, by amount", `SELECT x.kind, d.id, d.title, d.region, x.lot, x.yuan, x.doubt, x.text
FROM difference x JOIN docket d ON d.id = x.docket
ORDER BY x.doubt, x.fen DESC`},
		{"payees-not-contracted", "收款单位不是合同相对人", "Payees who are no party to a contract there", `SELECT p.docket, p.payee, p.payee_code, sum(p.fen) / 100.0 AS yuan, count(*) AS payments
FROM payment p
WHERE EXISTS (SELECT 1 FROM contract c WHERE c.docket = p.docket AND c.party_code <> '')
  AND p.payee_code <> ''
  AND NOT EXISTS (SELECT 1 FROM contract c WHERE c.docket = p.docket AND instr(c.party_code, p.payee_code) > 0)
GROUP BY p.docket, p.payee, p.payee_code
ORDER BY yuan DESC`},
		{"contract-over-approval", "项目合同合计高于批复投资", "Contracts of a project over its approval", `SELECT a.project, max(a.name) AS name, max(a.yuan) AS approved, c.contracted
FROM approval a
JOIN (SELECT d.project, sum(c.fen) / 100.0 AS contracted FROM contract c JOIN docket d ON d.id = c.docket GROUP BY d.project) c ON c.project = a.project
GROUP BY a.project
HAVING c.contracted > max(a.yuan)
ORDER BY c.contracted - max(a.yuan) DESC`},
		{"winners", "中标金额最多的主体", "Who was awarded most", `SELECT party, max(party_code) AS code, count(DISTINCT docket) AS dockets, sum(fen) / 100.0 AS yuan
FROM award
GROUP BY party
ORDER BY yuan DESC
LIMIT 100`},
		{"changes", "变更增加最多的合同", "Contracts that changes raised most", `SELECT docket, contract, max(yuan) AS after, min(yuan_before) AS before, max(yuan) - min(yuan_before) AS more, count(*) AS changes
FROM change
WHERE yuan_before IS NOT NULL
GROUP BY docket, contract
HAVING more > 0
ORDER BY more DESC`},
		{"one-bid", "只见一家投标的标段", "Lots with one bid", `SELECT l.docket, d.title, l.lot, l.moment, b.party, b.yuan
FROM lot l JOIN docket d ON d.id = l.docket JOIN bid b ON b.docket = l.docket AND instr(b.lot, l.lot) > 0
WHERE l.bids = 1
ORDER BY b.fen DESC`},
		{"clues", "线索最多的案卷", "Dockets with most clues", `SELECT f.docket, d.title, count(*) AS clues, sum(f.grade = 'fact') AS facts, group_concat(DISTINCT f.indicator) AS indicators
FROM finding f JOIN docket d ON d.id = f.docket
WHERE f.dismissed = 0
GROUP BY f.docket
ORDER BY facts DESC, clues DESC
LIMIT 200`},
		{"late-records", "报送最迟的记录（收到晚于发生）", "Records that came latest after they happened", `SELECT docket, dataset, origin, key, occurred, received, julianday(received) - julianday(occurred) AS days
FROM record
WHERE occurred <> '' AND received <> ''
ORDER BY days DESC
LIMIT 200`},
	}
}
