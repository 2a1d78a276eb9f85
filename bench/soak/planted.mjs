/** Identifiers that the program logs all the time, all made up; none of them may arrive anywhere. */
export const PLANTED = { name: 'Zebulon Quackenbush', ssn: '536-22-8716', phone: '(415) 555-0132' }
