import { describeGuardAt } from './fixtures/egress/suite.ts'

describeGuardAt('kernel')
