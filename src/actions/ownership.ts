/** Under this name the API server remembers which fields are ours (metadata.managedFields). */
export const fieldManager = 'nodemend';

/** Of every object that nodemend made: it changes and removes no other whole objects. */
export const managedByLabel = 'app.kubernetes.io/managed-by';

/** The run that last wrote an object of ours. */
export const runAnnotation = 'nodemend.dev/run';
