/** A fault that can be injected into a node root, of a lab or of a testbed alike. */
export interface Fault {
  /** `"$1"` of the script. */
  readonly name: string;
  /** Text of the problem's break.sh. It ends with 69 on a node that cannot have the fault. */
  readonly script: string;
}
