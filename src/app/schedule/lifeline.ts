/** Set by what runs a command on a schedule: the command must not go on alone. */
export const lifelineVariable = 'NODEMEND_LIFELINE';
