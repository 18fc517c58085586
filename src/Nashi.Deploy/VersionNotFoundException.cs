namespace Nashi.Deploy;

/// <summary>The drive has no such version, or not the one that the link promises.</summary>
public sealed class VersionNotFoundException(string message) : NashiException("ERR_VERSION_NOT_FOUND", message);
