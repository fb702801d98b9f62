/** A section of a report: report.md and the page show the same ones. */

/** A paragraph, a table, a chart: Markdown, or nothing. */
export type Part = string | null

/** A chart as a part of its own, where the run has it. */
export type ChartLink = (file: string, alt: string) => Part

export interface Section {
  /** Its anchor, which stays when its words change. */
  id: string
  heading: string
  parts: string[]
}

export function section(id: string, heading: string, ...parts: Part[]): Section {
  return { id, heading, parts: parts.filter((part) => part !== null) }
}
