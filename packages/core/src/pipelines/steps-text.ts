/** How many steps, in words. */
export const stepsText = (count: number): string => (count === 1 ? "1 step" : `${count} steps`)
