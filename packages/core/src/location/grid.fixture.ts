import { BORDER_SHIFT_MAX, CELL_KM, STAY_MARGIN } from "./grid.ts";

/**
 * How far from a place its user is shown at most: from the middle of a cell to its corner, where both borders moved away as far as they may, and the
 * user stayed in the cell beyond them. Cells that fit around a parallel are wider than others by less than a hundredth.
 */
export const shownWithinKm = Math.SQRT2 * (0.5 + BORDER_SHIFT_MAX + STAY_MARGIN) * CELL_KM * 1.01;
