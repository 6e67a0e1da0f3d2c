import type { JsonObject } from '../kubernetes/api.ts';
import { object, objects, text, texts } from '../kubernetes/json-fields.ts';
import type { ApiCondition, ApiNode } from './evidence.ts';

/**
 * A Node object (core/v1) as diagnoses read it; annotations, images and managedFields, which are most of it, are
 * dropped.
 */
export function projectNode(raw: JsonObject): { readonly name: string; readonly api: ApiNode } {
  const metadata = object(raw['metadata']);
  const spec = object(raw['spec']);
  const status = object(raw['status']);
  const info = object(status['nodeInfo']);
  const internalIP = addressOf(status, 'InternalIP');
  const hostname = addressOf(status, 'Hostname');
  const api: ApiNode = {
    uid: text(metadata['uid']),
    createdAt: text(metadata['creationTimestamp']),
    labels: texts(metadata['labels']),
    taints: objects(spec['taints']).map(projectTaint),
    unschedulable: spec['unschedulable'] === true,
    conditions: objects(status['conditions']).map(projectCondition),
    ...(internalIP === '' ? {} : { internalIP }),
    ...(hostname === '' ? {} : { hostname }),
    osImage: text(info['osImage']),
    kernelVersion: text(info['kernelVersion']),
    containerRuntimeVersion: text(info['containerRuntimeVersion']),
    kubeletVersion: text(info['kubeletVersion']),
    bootID: text(info['bootID']),
    machineID: text(info['machineID']),
  };
  return { name: text(metadata['name']), api };
}

/** The first of a type: nodes with two address families list the one first by which the cluster knows them. */
function addressOf(status: JsonObject, type: string): string {
  return text(objects(status['addresses']).find((address) => address['type'] === type)?.['address']);
}

function projectTaint(taint: JsonObject): ApiNode['taints'][number] {
  const { value } = taint;
  return { key: text(taint['key']), effect: text(taint['effect']), ...(typeof value === 'string' ? { value } : {}) };
}

function projectCondition(condition: JsonObject): ApiCondition {
  const status = text(condition['status']);
  return {
    type: text(condition['type']),
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason: text(condition['reason']),
    since: text(condition['lastTransitionTime']),
  };
}
