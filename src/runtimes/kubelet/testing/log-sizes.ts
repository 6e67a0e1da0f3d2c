import fc from 'fast-check';

/** Values of `containerLogMaxSize` as people write them, and as they should not. */
export const anyLogSize: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: sized() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '10MB',
      '10mb',
      '10MiB',
      '10 Mi',
      'Mi',
      '',
      '.',
      '-',
      '+',
      '1e',
      '1e3Mi',
      '0x10',
      '10Mi\n',
      '１０Mi',
      '1_000',
      'NaN',
      '1,5Gi',
    ),
  },
);

function sized(): fc.Arbitrary<string> {
  const digits = fc.oneof(
    fc.nat({ max: 2_000 }).map(String),
    fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
    fc.constantFrom('0', '00', '007', '10', '9223372036854775807', '9223372036854775808'),
  );
  const fraction = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: fc.constantFrom('.', '.0', '.5', '.50', '.25', '.001', '.0000000001') },
  );
  const suffix = fc.constantFrom(
    '',
    'n',
    'u',
    'm',
    'k',
    'M',
    'G',
    'T',
    'P',
    'E',
    'Ki',
    'Mi',
    'Gi',
    'Ti',
    'Pi',
    'Ei',
    'e3',
    'E3',
    'e-1',
    'e+2',
    'K',
  );
  return fc.tuple(fc.constantFrom('', '', '', '-', '+'), digits, fraction, suffix).map((parts) => parts.join(''));
}
