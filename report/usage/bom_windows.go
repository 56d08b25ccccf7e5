package usage

// bomUsual: Excel takes a CSV file for one in the old code page otherwise.
const bomUsual = true
