import { redactPhi } from '@researchflow/core';

export interface PhiScan {
  passed: boolean;
  findingsCount: number;
  /** The text without what was found; left out when nothing was. */
  redactedContent?: string;
}

/** What the redaction of the package finds in a prompt or in an answer. */
export class PhiGateService {
  scanContent(content: string): PhiScan {
    const redactedContent = redactPhi(content);
    if (redactedContent === content) return { passed: true, findingsCount: 0 };
    const findingsCount = countMarks(redactedContent) - countMarks(content);
    return { passed: false, findingsCount: Math.max(1, findingsCount), redactedContent };
  }
}

/** What was found is a word in brackets afterwards, such as `[ssn]`, or `[mrn:3f9a1c]` with a hash. */
function countMarks(text: string): number {
  return text.match(/\[[a-z_]+(?::[0-9a-f]+)?\]/g)?.length ?? 0;
}
