import type { AITaskType, ModelTier, QualityCheck } from './types';
import { TIER_ESCALATION_ORDER } from './types';

export interface QualityGateResult {
  passed: boolean;
  checks: QualityCheck[];
}

interface NarrativeOptions {
  minCitations?: number;
  minWords?: number;
  maxWords?: number;
  checkPlaceholders?: boolean;
  checkQuestionMarks?: boolean;
}

/** Whether an answer can be used. Reasons say what is wrong and nothing that the answer holds. */
export class QualityGateService {
  validate(content: string, _taskType: AITaskType, format?: 'text' | 'json'): QualityGateResult {
    const checks = [check('not_empty', content.trim() !== '', 'the answer is empty', 'completeness')];
    if (format === 'json') {
      checks.push(check('valid_json', isJson(content), 'the answer is not JSON', 'format'));
    }
    return { passed: checks.every(({ passed }) => passed), checks };
  }

  validateNarrativeContent(content: string, options: NarrativeOptions = {}): QualityCheck[] {
    const { minCitations = 0, minWords = 0, maxWords = Infinity, checkPlaceholders } = options;
    const words = content.split(/\s+/).filter(Boolean).length;
    const citations = content.match(/\[\d+(?:\s*[,–-]\s*\d+)*\]|\([^()]*\b(?:19|20)\d\d[a-z]?\)/g)?.length ?? 0;
    const checks = [
      check('citations_present', citations >= minCitations, `fewer than ${minCitations} citations`, 'citations'),
      check('length_within_bounds', words >= minWords && words <= maxWords, `not ${minWords} to ${maxWords} words`, 'length'),
    ];
    if (checkPlaceholders === true) {
      const complete = !/\b(?:TODO|TBD|FIXME|XXX|lorem ipsum)\b|\[(?:insert|citation needed)[^\]]*\]/i.test(content);
      checks.push(check('no_placeholders', complete, 'placeholders are left', 'completeness'));
    }
    return checks;
  }

  /** The next tier, for an answer that failed a check which counts. */
  shouldEscalate(
    { checks }: QualityGateResult,
    tier: ModelTier,
    _escalations: number,
  ): { shouldEscalate: boolean; reason?: string; targetTier?: ModelTier } {
    const failed = checks.filter(({ passed, severity }) => !passed && severity === 'error');
    const targetTier = TIER_ESCALATION_ORDER[TIER_ESCALATION_ORDER.indexOf(tier) + 1];
    if (failed.length === 0 || targetTier === undefined) return { shouldEscalate: false };
    return { shouldEscalate: true, reason: failed.map(({ reason }) => reason).join('; '), targetTier };
  }
}

function check(
  name: string,
  passed: boolean,
  reason: string,
  category: NonNullable<QualityCheck['category']>,
): QualityCheck {
  return { name, passed, severity: 'error', category, ...(!passed && { reason }) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
