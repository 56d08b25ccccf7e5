//go:build !linux && !windows

package local

// ToldPrograms says whose listening programs an ordinary user is told: what lsof shows.
const ToldPrograms = "this user's"
