package local

// ToldPrograms says whose listening programs an ordinary user is told.
const ToldPrograms = "everybody's"
