"""Sites for several facilities: who waits where, what helps where they do not fit."""
