namespace Nashi.Laboratory.Kernel;

/// <summary>The laboratory itself could not do something; no peer is to blame.</summary>
internal sealed class LabException(string message) : Exception(message);
