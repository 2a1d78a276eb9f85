const VARIABLES = [
  'ROS_MODE',
  'GOVERNANCE_MODE',
  'NO_NETWORK',
  'MOCK_ONLY',
  'ALLOW_UPLOADS',
  'STRICT_PHI_ON_UPLOAD',
  'ROS_MODE_FILE',
  'EGRESS_ALLOW',
]

/** Takes away everything that decides the mode. */
export function clearMode(): void {
  for (const name of VARIABLES) delete process.env[name]
}
