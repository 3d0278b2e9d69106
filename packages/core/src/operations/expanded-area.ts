/** An expanded image has at most this many times the area of the original. */
export const maxGrowth = 3
