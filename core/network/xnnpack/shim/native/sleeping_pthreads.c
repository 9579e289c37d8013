/* pthreadpool's threads spin a million rounds (about 20 ms of a whole core) before they sleep, and so does the
 * caller that waits for them: on one core, or beside other load, they burn what the work itself needs. Here they
 * sleep at once. The header gives the number without asking whether it is set, so a compiler option cannot. */
#include <threadpool-common.h>

#undef PTHREADPOOL_SPIN_WAIT_ITERATIONS
#define PTHREADPOOL_SPIN_WAIT_ITERATIONS 0

#include <pthreads.c>

/* For a test to see. */
extern const unsigned visavis_pthreadpool_spins;
const unsigned visavis_pthreadpool_spins = PTHREADPOOL_SPIN_WAIT_ITERATIONS;
