namespace Nashi.Protomux.Protocol;

/// <summary>Message types of the control channel, number 0. Values as on the wire: network.md §5.1.</summary>
internal enum MuxControl
{
    Batch = 0,
    Open = 1,
    Reject = 2,
    Close = 3,
}
