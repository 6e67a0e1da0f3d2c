import fc from 'fast-check';

/**
 * Every property has the same inputs in each run, as the fuzzing of the check has: a run that turns red is somebody's
 * change and not luck. NODEMEND_SEED tries others.
 */
fc.configureGlobal({ seed: Number(process.env['NODEMEND_SEED'] ?? 20_261_130) });
