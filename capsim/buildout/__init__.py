"""The discrete-event build-out: it decides when. The only room that imports simpy."""
