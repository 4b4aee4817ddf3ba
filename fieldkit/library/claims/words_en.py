"""Words that turn, soften or restrict a statement in English; data, no code."""

TEXT = """
MARKS: the of is and with not must when before do to at for are be only if or as has each it this
  that on by from in never no yes you your after then should can which
OTHER: from then on, since then, more than one, then on
OTHER: one after the other, no 1, no 2, port no, any key, any button, note,
  warning, caution, important, please, must have, not only
PURPOSE: to avoid, to prevent, in order not to, so as not to, in order to avoid,
  in order to prevent,
  otherwise, or else, so it does not, so that it does not, so that they do not, so that no,
  to keep from, as otherwise, to protect against
NEED: need to, needs to, need, needs, needed, necessary, is necessary, are necessary, is needed,
  are needed, required, requires, require, has to, have to, essential, mandatory, obligatory,
  compulsory
MUST: is mandatory, are mandatory
NEEDNOT: can be skipped, may be skipped, can be omitted, may be omitted, not a must,
  can be left out, can skip, may skip, without having to, no obligation, is superfluous,
  is optional but not
HEDGE: if you have time, if time allows, ideally, it may be worth, worth doing, would be good,
  it is good to, a good idea to, it is a good idea, we suggest, for convenience, as you like,
  if you feel like it, as you see fit, whenever you like, at best, it is sensible, makes sense
SHOULD: is supposed to, are supposed to
MAY: are free to, is free to, you can also choose, it is allowed, is tolerated
ONEONLY: only one, only a single, just one, no more than one, not more than one, a single,
  exactly one, one at a time, only supports one
MANY: several, multiple, all of the, all three, all four, both, more than one, many, any number of,
  two or more, various
ANY: any, whichever, of any kind, all, anyone, every user, every person, whoever
EVEN: also while, also during, whether it is, also at, also in, also for, and also when,
  it does not matter whether, it does not matter if, whatever the, as well as when
=x1: once a, once per, once every, once in, once each, only once, one time, once daily
=x2: twice, two times
=x3: three times, thrice
+begin: the first, at the beginning, at the start
-begin: the last, at the end
+enable: enabl*, activat*, armed, arm the
-enable: disabl*, deactivat*, inactive, disarm*
+join: together, jointly, at the same time, simultaneously, same time
-join: separate*, one after the other, one by one
+new: new, brand new
-new: reus*, old, second hand, used one, used ones, again use
+visible: visible, can be seen, is seen, in view
-visible: hidden, invisible, concealed, out of sight, not visible, cannot be seen, out of view
+vertical: vertical*, upright
-vertical: horizontal*, lying down, lying flat, on its side
+inlet: inlet, input, intake, suction side, inputs, inlets
-inlet: outlet, output, discharge side, outputs, outlets
+inner: inner, internal
-inner: outer, external
+series: in series
-series: in parallel
+wired: wired
-wired: wireless*
+auto: automatic*
-auto: manual mode, manually, by hand
+near: near, close to, next to, beside, nearby, in the vicinity of
-near: far from, away from, at a distance from, far away
+lit: lights up, is lit, lit, light on, goes on, comes on, illuminat*, lights
-lit: goes out, goes off, unlit, dark, extinguish*, light off
+charge: charg*
-charge: discharg*
+allow: accept*, approv*
-allow: reject*, refus*
+long: longer, extend*
-long: shorter, shorten*
+soft: soft
-soft: hard, stiff
+early: early, earlier, in advance
-early: late, later
+cover: covered, cover it
-cover: uncovered
+insul: insulat*
-insul: uninsulat*, bare
+protect: protected, shielded, screened
-protect: unprotected, unshielded, unscreened
+earth: earthed, grounded
-earth: unearthed, ungrounded
+damaged: damag*, defective, broken, faulty
-damaged: intact, undamag*, sound
+pure: undiluted, neat, pure
-pure: diluted
+attended: attended, supervis*
-attended: unattended, unsupervised
+oil: oiled, lubricated, greased
-oil: unlubricated, ungreased
+save: saved, kept, retained, stored, remain stored
-save: lost, deleted, erased, cleared
+include: included, includes, covers
-include: excluded, excludes
USE: use, uses, used, using
INCLUDING: including, inclusive of
OTHER: strongly, highly, urgently
TOO: too high, too low, too much, too long, too short, too hot, too cold
+high: high
+save: remember*, retain*, preserv*, stays valid, remains valid, stay valid
-save: wiped, forgotten, is removed, be removed, expires
NOT: stay clear of, keep clear of, stay away from, keep away from, keep out of, stay out of,
  keep off, stay off, not,
  never, no longer, cannot, don t, doesn t, mustn t, can t, shouldn t, isn t, aren t, won t,
  nobody, no one, neither, none, no person, no persons, avoid, refrain from, prohibited,
  forbidden, not allowed, not permitted, banned, not once, nothing, no, under no circumstances,
  on no account, by no means, do not, disallowed, keep from, out of the question, impossible,
  never ever, at no time, in no case, off limits, unsafe, not acceptable, nowhere
WITHOUT: without, free of, un
MUST: must, shall, always, required, mandatory, has to, have to, obligatory, compulsory, needs to,
  need to, is necessary, are necessary, necessarily, essential, obliged, it is imperative,
  is needed, are needed, requires, require, make sure, ensure, be sure to, in every case,
  without exception, without fail
SHOULD: should, ought to, had better
HEDGE: ideally, preferably, if possible, recommended, recommendable, advisable, optional,
  optionally, it is enough, is a good idea, good practice, best practice, where possible,
  when possible, where practical, if practical, at your discretion, if you like, if you wish,
  if you want, if desired, as desired, advised, suggested, suggest, recommend, consider,
  it helps to, is sufficient, suffices, whenever convenient, when convenient, if convenient,
  voluntary, if you consider, if you think, if you feel, if you see fit, if you prefer,
  if you find, voluntarily, not strictly, preferable, encouraged, best to, it is wise, is best,
  normally, usually, generally, as a rule, typically, try to, at your own discretion, up to you,
  it is better to, is better
MAY: may, might, allowed, permitted, permissible, acceptable, fine to, ok to, okay to, safe to,
  free to, no problem, it is fine, are welcome to, allows
CAN: can, could, possible
NEEDNOT: need not, needn t, do not have to, does not have to, don t have to, doesn t have to,
  not necessary, not required, not needed, no need to, no need, not mandatory, not obligatory,
  do not need to, does not need to, don t need to, doesn t need to, not compulsory, unnecessary,
  not essential, no requirement, are not required to, is not required to, does not need,
  do not need, don t need, doesn t need
ONLY: only, exclusively, solely, nothing but, none but, nobody but, no one but, nobody other than,
  no one other than, nothing other than, no other than, nobody except, no one except, not except,
  only ever, just, restricted to, limited to, reserved for
NOTONLY: not only, not just
UNLESS: unless, except, except when, except if, other than when, with the exception of,
  not unless, without first
IF: if, in case, in the event, provided, provided that, as long as, so long as, on condition that,
  only if, assuming, in case of, in the event of, should there be
WHEN: when, whenever, only when, where, every time, each time
WHILE: while, whilst, during
AFTER: after, once, as soon as, following, only after
BEFORE: before, prior to, ahead of, in advance of, until after
UNTIL: until, till, not until
EVEN: also outside, also inside, also after, also before, also under, also without, even when,
  even if, even while, even though, also when, also if, regardless of, regardless,
  irrespective of, whether or not, no matter, even after, even before, even with, even in,
  even on, even during, even below, even above, even under, even without, independent of, despite,
  in spite of, at any time, under any circumstances, in all conditions, in any case, even for,
  at any, even from, even at
BECAUSE: as they, as it, as this, as these, because, since, so that, in order to, in order that,
  as otherwise, otherwise
AND: and, as well as
OR: or, nor
BUT: but, however, whereas, although, though, yet
THEN: then, next, after that, afterwards, finally, subsequently, thereafter, and then,
  followed by, lastly, last, after this, only then
PRIOR: before that, beforehand, before this, prior to that
FIRST: first, firstly, to begin with, start by, begin by, first of all
MAX: at most, up to, no more than, not more than, not exceed, not go above, not rise above,
  not be above, never exceed, never above, not above, not over, less than, fewer than, below,
  under, beneath, lower than, no longer than, not longer than, no greater than, not greater than,
  within, no higher than, not higher than, maximum of, a maximum of, maximum, max, maximal,
  or less, or below, or fewer, or lower, not later than, no later than, at the most,
  not to exceed, never be above, never go above, never rise above, never be more than,
  not be more than, cannot exceed, can t exceed, mustn t exceed, must not exceed, may not exceed,
  not surpass, shorter than, smaller than, or colder, colder than, short of, no further than,
  highest, not be higher than, never more than, not get above, not be exceeded, not be over,
  upper limit, cooler than, not be greater than
MIN: at least, no less than, not less than, more than, above, over, greater than, higher than,
  a minimum of, minimum of, minimum, min, minimal, or more, or above, or higher, exceeds, exceed,
  exceeding, exceeded, upwards of, not below, not under, never below, never under, not fall below,
  not drop below, not go below, never fall below, never drop below, not be below, longer than,
  not be less than, no fewer than, beyond, in excess of, not shorter than, no lower than,
  not lower than, or longer, or warmer, warmer than, hotter than, never less than, lowest, from,
  no earlier than, not earlier than, larger than, further than, farther than, past, not be under,
  not be lower than, lower limit, bigger than, never be below, never go below, or further
ABOUT: about, around, approximately, roughly, approx
EVERY: every, each, per
+open: open, opens, opened, opening
-open: close, closes, closed, closing, shut
+above: on top of, overhead
-above: underneath
+on: leave on, switch on, switched on, switches on, switching on, turn on, turned on, turns on,
  turning on, energized, energised, powered up, power on, live
-on: off, de energized, de energised, deenergized, powered down, without power, unpowered, dead
+tight: tight*, torque up, torqued
-tight: loose*, slacken*, undo, unscrew*
+more: increas*, rais*, lift*, higher
-more: decreas*, reduc*, lower, lowers, lowered, lowering
+left: left
-left: right hand, on the right, right side, right button, to the right, the right
+clock: clockwise
-clock: counterclockwise, counter clockwise, anticlockwise, anti clockwise
+start: go on, goes on, continue, continues, carry on, proceed, keep going, keeps running,
  keep operating, start, starts, started, starting, restart*
-start: stop, stops, stopped, stopping, shut down, shuts down
+start: keep running, continue to run, running, in operation, in motion, operating
-start: at standstill, standing still, at a standstill, idle, stationary
+in: on site, inside, indoors, indoor
-in: off site, outside of, outside, outdoors, outdoor
+warm: warm, hot, warmed
-warm: frost, freez*, frosty, winter, ice, icy, cold, cool, cooled
+wet: wet, damp, moist
-wet: dry, dried
+full: full, filled, fill, fills, top up
-full: has run dry, run dry, runs dry, empty, emptied, drain, drains, drained, draining
+connect: connect, connects, connected, connecting, plug in, plugged in
-connect: disconnect*, unplug*
+fit: fit, fits, fitted, install*, mount*, attach*, refit*, put back
-fit: comes off, come off, comes out, come out, remov*, dismount*, detach*, take off, take out,
  taken off, taken out
+lock: lock, locks, locked
-lock: unlock*
+front: in front of
-front: behind, at the back of
+upper: top, upper
-upper: bottom
+up: upwind, upstream, upward*
-up: downwind, downstream, downward*
+high: high
-high: low
+push: push, pushes, pushed, press, pressed
-push: pull, pulls, pulled
+plus: positive
-plus: negative
+same: same, identical, equal
-same: different, differ*, mixed
+clean: clean, clean air
-clean: dirty, contaminat*
+light: at full load, full load, on load, under load, loaded, with load
-light: without load, unloaded, off load, no load
+press: under pressure, pressurised, pressurized, holds pressure, hold pressure, with pressure
-press: depressurised, depressurized, without pressure, pressure free, no pressure,
  free of pressure, pressureless
+trained: trained, qualified, skilled, authorised, authorized, competent
-trained: untrained, unqualified, unskilled, unauthorised, unauthorized
+rising: rising, rises, rise
-rising: falling, falls, fall, drops, drop
+fast: fast, quick*, rapid*
-fast: slow*
END+on: leave on, on
END-on: off
ANY: everywhere, anywhere, anyone, everyone, everybody, anybody
ELSE: that are not, which are not, that is not, who are not, who is not, that aren t, other,
  others, else, elsewhere, another, any other
RANGE: between
=red: red
=green: green
=yellow: yellow
=amber: amber
=orange: orange
=blue: blue
=white: white
=black: black
"""
