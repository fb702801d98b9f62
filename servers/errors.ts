/** The outcomes that a scheme may report instead of a user; the app turns them into replies. */

/** No valid credential: answered 401. */
export class Unauthorized extends Error {
  constructor() {
    super('unauthorized')
  }
}

/** The store could not be asked in time: answered 503, since neither yes nor no would be true. */
export class Unavailable extends Error {
  constructor(cause: unknown) {
    super('the store is unavailable', { cause })
  }
}

/**
 * What is remembered about this user does not fit into what a client keeps: answered 500, since neither another
 * request nor another moment would help; 413 would blame a body of the client that is small and right.
 */
export class CredentialTooLarge extends Error {
  constructor() {
    super('the credential is larger than a client keeps')
  }
}
