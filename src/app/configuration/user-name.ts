/**
 * Login names, those of directories (`user@corp.example`) included. None begins with `-`: an ssh client would read it
 * as an option.
 */
export const userName = /^[A-Za-z_][A-Za-z0-9_.@\\-]*\$?$/;
