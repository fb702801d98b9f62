/** One part of the page at a time: the one that the address names, or in which what it names lies. */

type Wake = (tab: HTMLElement) => void

/** Shows the part that is asked for. @returns takes what a part needs beyond its text, for those that are shown already and for all later ones */
export function showTabs(): (wake: Wake) => void {
  const tabs = [...document.querySelectorAll<HTMLElement>('.tab')]
  const made = new Set<HTMLElement>()
  let waker: Wake | undefined
  const make = (tab: HTMLElement) => {
    if (made.has(tab)) return
    made.add(tab)
    unfold(tab)
    waker?.(tab)
  }
  const show = () => {
    const id = decodeURIComponent(location.hash.slice(1))
    const shown = tabs.find((tab) => has(tab, id)) ?? tabs[0]
    if (!shown) return
    make(shown)
    for (const tab of tabs) tab.classList.toggle('shown', tab === shown)
    for (const link of document.querySelectorAll<HTMLAnchorElement>('.tabs a')) {
      if (link.hash === `#${shown.id}`) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
    goTo(id, shown)
  }
  show()
  window.addEventListener('hashchange', show)
  // Paper has all of it.
  window.addEventListener('beforeprint', () => tabs.forEach(make))
  return (wake) => {
    waker = wake
    for (const tab of made) wake(tab)
    // What was woken above it has moved it.
    if (location.hash !== '') show()
  }
}

function has(tab: HTMLElement, id: string): boolean {
  if (id === '') return false
  const text = tab.querySelector(':scope > noscript')?.textContent ?? ''
  return tab.id === id || text.includes(` id="${id}"`) || tab.querySelector(`#${CSS.escape(id)}`) !== null
}

/** From its text: a browser with a script takes the inside of noscript for nothing else. */
function unfold(tab: HTMLElement): void {
  const text = tab.querySelector(':scope > noscript')
  if (!text) return
  const template = document.createElement('template')
  template.innerHTML = text.textContent ?? ''
  // Charts are drawn; the files beside the page are for who has no script.
  for (const picture of template.content.querySelectorAll('figure[data-chart] img')) picture.remove()
  text.replaceWith(template.content)
}

function goTo(id: string, shown: HTMLElement): void {
  const target = id === '' ? null : document.getElementById(id)
  if (target instanceof HTMLDetailsElement) target.open = true
  // A part begins where the answer does: at the top.
  if (!target || target === shown) window.scrollTo(0, 0)
  else target.scrollIntoView()
}

/** At once, where a click would only be followed a moment later. */
export function open(id: string): void {
  location.hash = id
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
