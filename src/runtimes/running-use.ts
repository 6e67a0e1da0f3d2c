/** How many running containers of kubelet's were made from one image. */
export interface RunningUse {
  /** Its name or its id, as the runtime wrote it down. */
  readonly image: string;
  /** The container that holds a pod together, and that kubelet's collection of images does not count as a use. */
  readonly isSandbox: boolean;
  readonly containers: number;
}
