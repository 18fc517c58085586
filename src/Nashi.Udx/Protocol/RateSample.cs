namespace Nashi.Udx.Protocol;

/// <summary>What one round of acknowledgements says about the path.</summary>
/// <param name="Bandwidth">Bytes per microsecond; zero when it cannot be told.</param>
/// <param name="Rtt">Round-trip time in microseconds of the newest packet that was sent once; zero when there is none.</param>
/// <param name="AckedBytes">Bytes that arrived.</param>
/// <param name="LostBytes">Bytes that were found lost.</param>
/// <param name="PriorDelivered">Bytes delivered when the newest packet was sent.</param>
/// <param name="IsAppLimited">The application, not the path, limited it.</param>
internal readonly record struct RateSample(double Bandwidth, long Rtt, long AckedBytes, long LostBytes, long PriorDelivered, bool IsAppLimited);
