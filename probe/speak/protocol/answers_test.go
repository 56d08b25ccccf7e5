package protocol

func realAnswers() []struct{ answer string } { return nil }
