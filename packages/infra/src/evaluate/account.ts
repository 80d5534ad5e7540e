/** The account that everything stands in. */
export const account = "123456789012";
