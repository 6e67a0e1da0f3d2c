import type { Sentence } from '../../../errors/sentences.ts';

/** What keeps a node, or any node, from being begun now. What could not be asked keeps it too. */
export type Blocker =
  /** Pods on the node that a person's selector names. */
  | { readonly by: 'pods'; readonly node: string; readonly selector: string; readonly pods: readonly string[] }
  | { readonly by: 'alerts'; readonly alerts: readonly string[] }
  /** kured reboots a node, or is about to. */
  | { readonly by: 'kured'; readonly daemonSet: string; readonly node: string }
  | { readonly by: 'node-maintenance'; readonly name: string; readonly node: string }
  /** A job of Rancher's system-upgrade-controller is at work on a node. */
  | { readonly by: 'rancher-upgrade'; readonly job: string; readonly plan: string; readonly node: string }
  /** An upgrade is under way in a node group, or was left half done. */
  | { readonly by: 'mixed-kubelets'; readonly group: string; readonly versions: readonly string[] }
  | { readonly by: 'window'; readonly why: 'closed' | 'too-short'; readonly opensAt: number }
  /** `said` where nodemend knows more than the reason in somebody's words. */
  | { readonly by: 'unknown'; readonly asked: UnknownGate; readonly reason: string; readonly said?: Sentence };

export type UnknownGate =
  | 'pods'
  | 'alerts'
  | 'kured'
  | 'node-maintenance'
  | 'rancher-upgrade'
  | 'kubelet-versions'
  | 'window';
