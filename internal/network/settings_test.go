package network

// Default are the settings of the tests; those of the program stand in package detect.
func Default() Settings {
	return Settings{
		MinTogether: 4, MinPeers: 20, MinBids: 8, MinWins: 5, MinTurns: 5, MinTies: 4, MinExpertTies: 3, MinGroup: 3, MaxGroup: 12,
		PairPlace: 0.95, MaxChance: 0.001, GroupPlace: 0.90, CoverPlace: 0.10, CoverChance: 0.01,
		MinTallies: 6, MinTallied: 3, FewBids: 3, MinDraws: 4, TallyPlace: 0.9, TallyChance: 0.001, DrawChance: 0.001,
		WinPlace: 0.95, TiePlace: 0.95, TieChance: 0.001, WinChance: 0.01, FalseShare: 0.1, Turns: 0.8, Territory: 0.5,
	}
}
