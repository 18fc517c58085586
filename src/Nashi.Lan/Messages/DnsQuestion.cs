namespace Nashi.Lan.Messages;

/// <summary>A question.</summary>
/// <param name="Name">About whom.</param>
/// <param name="Type">What.</param>
/// <param name="WantsUnicast">Whether the asker would rather be answered alone.</param>
internal readonly record struct DnsQuestion(DnsName Name, DnsType Type, bool WantsUnicast = false);
