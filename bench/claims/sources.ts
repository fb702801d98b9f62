/** Where the quotations come from. */

const TITLE = '“Token vs Session Authentication”, DEV Community'

/** Author, title and site, as the article gives them. */
export const ARTICLE = `Aleksandar Vasilevsk, ${TITLE}`

/** A comment below it. */
export const comment = (author: string) => `comment by ${author} below ${TITLE}`
