/** The probe's time budget in every contender's hands, seconds. */
export const budgetSeconds = 60;
