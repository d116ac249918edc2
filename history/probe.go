package history

// ProbeWorkload is the workload of a history that is one probe's, whose name is
// the strategy: a fixed interleaving of a few transactions. It is as large as it
// can be, and small for any other workload.
const ProbeWorkload = "probe"
